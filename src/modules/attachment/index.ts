export { AttachmentModule } from './attachment.module.js';
export { AttachmentFetcher } from './fetcher.js';
export { AttachmentSource } from './source.js';
export { FileLinks } from './links.js';
export { StoredFiles } from './stored-files.js';
export { removeUnknownFiles } from './unknown-files.js';
export { Uploads } from './uploads.js';
export type { KeptFile } from './uploads.js';
