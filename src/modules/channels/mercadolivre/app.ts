import type { MercadoLivreConfig } from '../../../platform/config/index.js';

/** The application that is registered with the platform, once per installation. How much it may ask is its budget's to know. */
export type MercadoLivreApp = Omit<MercadoLivreConfig, 'perMinute'>;
