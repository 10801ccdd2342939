import { Inject, Injectable } from '@nestjs/common';
import { NoticeDesk } from '../../modules/ingest/index.js';
import type { Config } from '../../platform/config/index.js';
import { CONFIG } from '../../platform/nest/index.js';
import { Problem } from '../problems/problem.js';

/** Addresses of ours that platforms have to know. */
@Injectable()
export class PublicAddresses {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly desk: NoticeDesk,
  ) {}

  /** Where a platform sends back whoever consented; registered with the platform, to the letter. @throws Problem 422 */
  redirectUri(channel: string): string {
    return `${this.#base()}/oauth/${channel}/callback`;
  }

  /** Where a platform sends its notices. @throws Problem 422 */
  noticeUrl(channel: string): string {
    return `${this.#base()}/channels/${channel}/${this.desk.keyOf(channel)}`;
  }

  #base(): string {
    const { publicUrl } = this.config.channels;
    if (publicUrl === undefined) {
      throw new Problem('channel_not_set_up', {
        detail: 'Set ATENDE_PUBLIC_URL to the address under which platforms reach this installation.',
      });
    }
    return publicUrl;
  }
}
