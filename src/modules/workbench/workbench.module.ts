import { Module } from '@nestjs/common';
import { Vault } from '../../platform/crypto/index.js';
import { Database } from '../../platform/database/index.js';
import { provide } from '../../platform/nest/index.js';
import { BuyerModule, Buyers } from '../buyer/index.js';
import { ChannelsModule, Connectors } from '../channels/index.js';
import { DefinitionModule, PlanStore } from '../definition/index.js';
import { InquiryList } from './inquiry-list.js';
import { InquiryReader } from './inquiry-view.js';
import { Tasks } from './tasks.js';

@Module({
  imports: [BuyerModule, ChannelsModule, DefinitionModule],
  providers: [
    provide(InquiryList, [Database, Vault]),
    provide(InquiryReader, [Database, Vault, PlanStore]),
    provide(Tasks, [InquiryList, Buyers, Vault, PlanStore, Connectors]),
  ],
  exports: [InquiryList, InquiryReader, Tasks],
})
export class WorkbenchModule {}
