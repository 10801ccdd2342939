/** The application that is registered with the platform, once per installation. */
export type MercadoLivreApp = {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The platform's API, such as `https://api.mercadolibre.com`. */
  readonly apiUrl: string;
  /** Where sellers consent, such as `https://auth.mercadolivre.com.br`. */
  readonly authUrl: string;
  /** The platform's user that stands between buyer and seller in some threads; by country. */
  readonly agentId: string;
  /** Addresses from which notices are let in; empty = from anywhere. */
  readonly sources: readonly string[];
};
