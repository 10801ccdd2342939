import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Consents } from '../../modules/account/index.js';
import { OpenToAll } from '../access/access.guard.js';
import { Problem } from '../problems/problem.js';
import { PublicAddresses } from './public-addresses.js';

/** Platforms bring more than these, each its own; some have another name for the code. */
const backQuery = z
  .object({ code: z.string().min(1).max(4096).optional(), state: z.string().min(1).max(512) })
  .catchall(z.string().max(4096));

const DONE = [
  'The shop is connected; you can close this page.',
  '店铺已连接，可以关闭此页面。',
  'A loja está conectada; você pode fechar esta página.',
].join('\n');

/** Where platforms send back whoever consented. The state tells whose consent it is, and that it was asked for here. */
@ApiTags('channels')
@Controller('oauth')
export class ConsentController {
  constructor(
    private readonly consents: Consents,
    private readonly addresses: PublicAddresses,
  ) {}

  @Get(':channel/callback')
  @OpenToAll()
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('referrer-policy', 'no-referrer')
  @ApiOperation({
    operationId: 'finishConsent',
    summary: 'Come back from a platform after consenting; once per consent',
  })
  @ApiResponse({ status: 200, description: 'The shop is connected, in three languages' })
  async finish(
    @Param('channel') channel: string,
    @Query({ schema: backQuery }) back: z.infer<typeof backQuery>,
  ): Promise<string> {
    const refusal = await this.consents.finish(channel, back, this.addresses.redirectUri(channel));
    if (refusal === null) return DONE;
    if (refusal === 'platform_unavailable') throw new Problem('platform_unavailable');
    if (refusal === 'credentials_refused') {
      const detail =
        'The account consented to does not open with what was given. Begin again, as its own administrator.';
      throw new Problem(refusal, { detail });
    }
    throw new Problem(refusal, { detail: 'Begin the authorisation of the shop again.' });
  }
}
