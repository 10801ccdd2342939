import { Module } from '@nestjs/common';
import { provide } from '../../platform/nest/index.js';
import { TemplateStore } from './template-store.js';

@Module({ providers: [provide(TemplateStore, [])], exports: [TemplateStore] })
export class TemplateModule {}
