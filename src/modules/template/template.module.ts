import { Module } from '@nestjs/common';
import { provide } from '../../platform/nest/index.js';
import { TemplateStore } from './template-store.js';
import { Templates } from './templates.js';

@Module({ providers: [provide(TemplateStore, []), provide(Templates, [])], exports: [TemplateStore, Templates] })
export class TemplateModule {}
