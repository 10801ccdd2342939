/** The application that is registered with the platform, once per installation. */
export type ShopeeApp = {
  readonly partnerId: string;
  readonly partnerKey: string;
  /** What pushes are signed with; undefined = none is believed yet. */
  readonly pushKey: string | undefined;
  /** The platform's API, such as `https://openplatform.shopee.com.br`; sellers consent there too. */
  readonly apiUrl: string;
  readonly maxLength: number;
  /** Days after a buyer's message within which the platform takes an answer. */
  readonly contactDays: number;
  /** Hours after a buyer's message within which an answer counts as given in time. */
  readonly respondHours: number;
};
