/** The application that is registered with the platform, once per installation. */
export type WhatsAppApp = {
  /** Signs every notice. */
  readonly appSecret: string;
  /** What the platform shows when it asks whether the address of notices is the right one. */
  readonly verifyToken: string;
  /** Where the API is, such as `https://graph.facebook.com`. */
  readonly apiUrl: string;
  /** Its version, such as `v24.0`; each lives about two years. */
  readonly version: string;
};
