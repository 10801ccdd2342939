export { readSettings, shopFacts, shopSettingsPatchSchema, shopSettingsSchema } from './settings.js';
export type { ShopSettings } from './settings.js';
export { ShopDirectory } from './shop-directory.js';
export type { Shop } from './shop-directory.js';
export { ShopEntity, ShopSecretEntity } from './shop.entities.js';
export { ShopModule } from './shop.module.js';
export { Shops } from './shops.js';
export type { ConfiguredShop } from './shops.js';
