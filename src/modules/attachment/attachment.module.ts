import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { FILES, provide } from '../../platform/nest/index.js';
import { FileLinks } from './links.js';
import { StoredFiles } from './stored-files.js';
import { Uploads } from './uploads.js';

@Module({
  providers: [
    provide(FileLinks, [Vault]),
    provide(StoredFiles, [Database, Vault, FILES]),
    provide(Uploads, [Database, Vault, FILES]),
  ],
  exports: [FileLinks, StoredFiles, Uploads],
})
export class AttachmentModule {}
