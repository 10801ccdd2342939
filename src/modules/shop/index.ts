export { readSettings, settingMs, shopFacts, shopSettingsSchema } from './settings.js';
export type { ShopSettings } from './settings.js';
export { ShopDirectory } from './shop-directory.js';
export type { Shop } from './shop-directory.js';
export { ShopModule } from './shop.module.js';
