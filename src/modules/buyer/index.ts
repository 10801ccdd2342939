export { BuyerBlocks } from './blocks.js';
export { BuyerModule } from './buyer.module.js';
export { Buyers } from './buyers.js';
export type { BuyerPatch, BuyerView, FoundBuyer } from './buyers.js';
