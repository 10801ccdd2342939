import { z } from 'zod';
import type { ValuesOf, Variable } from './schemas.js';

/** Where files that come with messages are kept, each sealed under the key of its inquiry. */
export type FilesConfig = {
  /**
   * `ATENDE_FILES`. Absolute folder of files. Processes on several machines need one they share, or a bucket.
   * @default files in `ATENDE_HOME`
   */
  readonly folder: string;
  /** `ATENDE_FILES_MAX_BYTES`. Size of the largest file that is kept. @default 26214400 */
  readonly maxBytes: number;
  /** undefined = in the folder. */
  readonly bucket: BucketConfig | undefined;
};

/** A bucket of a store that speaks S3. */
export type BucketConfig = {
  /**
   * `ATENDE_FILES_BUCKET_URL`. Address of the bucket, such as `https://s3.sa-east-1.amazonaws.com/atende-files` or
   * `https://atende-files.s3.sa-east-1.amazonaws.com`. Setting it means that nothing is written to `ATENDE_FILES`.
   * @default unset
   */
  readonly url: string;
  /** `ATENDE_FILES_BUCKET_REGION`. Region that requests are signed for. @default us-east-1 */
  readonly region: string;
  /** `ATENDE_FILES_BUCKET_KEY_ID`. Id of the key that may read, write and delete in the bucket. @default unset */
  readonly keyId: string;
  /** `ATENDE_FILES_BUCKET_SECRET` or `ATENDE_FILES_BUCKET_SECRET_FILE`. The key itself. @default unset */
  readonly secret: string;
};

export const FILES_VARIABLES = {
  ATENDE_FILES: { schema: z.string(), remedy: 'use the path of a folder' },
  ATENDE_FILES_MAX_BYTES: {
    schema: z.coerce.number().int().min(1_024).max(104_857_600),
    remedy: 'use bytes from 1024 to 104857600',
  },
  ATENDE_FILES_BUCKET_URL: {
    schema: z.string().refine((text) => {
      const url = URL.parse(text);
      return /^https?:$/.test(url?.protocol ?? '') && url?.username === '' && url.search === '' && url.hash === '';
    }),
    remedy: 'use the address of a bucket, such as https://s3.sa-east-1.amazonaws.com/atende-files',
  },
  ATENDE_FILES_BUCKET_REGION: {
    schema: z.string().regex(/^[a-z0-9-]{1,64}$/),
    remedy: 'use a region such as sa-east-1',
  },
  ATENDE_FILES_BUCKET_KEY_ID: { schema: z.string().max(256), remedy: 'use the id of a key' },
  ATENDE_FILES_BUCKET_SECRET: { schema: z.string().max(256), remedy: 'use the secret of the key' },
} as const satisfies Readonly<Record<string, Variable>>;

/** Variables that are all set, or none of them. */
export const FILES_TOGETHER = [
  'ATENDE_FILES_BUCKET_URL',
  'ATENDE_FILES_BUCKET_KEY_ID',
  'ATENDE_FILES_BUCKET_SECRET',
] as const;

/** @param folder where files go unless something else is said */
export function filesOf(values: ValuesOf<typeof FILES_VARIABLES>, folder: string): FilesConfig {
  const {
    ATENDE_FILES_BUCKET_URL: url,
    ATENDE_FILES_BUCKET_KEY_ID: keyId,
    ATENDE_FILES_BUCKET_SECRET: secret,
  } = values;
  const region = values.ATENDE_FILES_BUCKET_REGION ?? 'us-east-1';
  return {
    folder,
    maxBytes: values.ATENDE_FILES_MAX_BYTES ?? 26_214_400,
    bucket:
      url === undefined || keyId === undefined || secret === undefined ? undefined : { url, region, keyId, secret },
  };
}
