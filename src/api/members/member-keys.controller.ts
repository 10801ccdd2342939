import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { done } from '../../domain/configuration/refusals.js';
import { MemberKeys } from '../../modules/identity/index.js';
import type { Principal } from '../../modules/identity/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { Edit, Editor } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { pageQuery } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { pageShape } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import { keyShape, keyView, newKeyBody, newKeyShape } from './members.schemas.js';
import type { KeyView } from './members.schemas.js';

const listQuery = z.strictObject(pageQuery);

/** API keys: shown once, kept as a hash. */
@ApiTags('members')
@Controller('v1/members/:id/keys')
export class MemberKeysController {
  constructor(
    private readonly editor: Editor,
    private readonly keys: MemberKeys,
  ) {}

  @Get()
  @May('members.manage')
  @ApiOperation({
    operationId: 'listMemberKeys',
    summary: 'Every key a member ever had, newest first, without the keys themselves',
  })
  @ApiResponse({ status: 200, standardSchema: pageShape(keyShape), description: 'A page of keys' })
  async list(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) memberId: string,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<KeyView>> {
    const page = await this.editor.page(principal, query, {
      name: `keys:${memberId}`,
      read: (tx, after, limit) => this.keys.list(tx, memberId, keyPlace(after), limit),
      place: ({ createdAt, id }) => [createdAt, id],
    });
    return { ...page, items: page.items.map(keyView) };
  }

  @Post()
  @HttpCode(201)
  @May('members.manage')
  @ApiOperation({ operationId: 'issueMemberKey', summary: 'Issue an API key; it is shown here and never again' })
  @ApiResponse({ status: 201, standardSchema: newKeyShape, description: 'Valid at once' })
  async issue(
    @Param('id', { schema: idParam }) memberId: string,
    @Body({ schema: newKeyBody }) { label, expiresAt }: z.infer<typeof newKeyBody>,
    @Acting() act: Act,
  ): Promise<z.infer<typeof newKeyShape>> {
    const input = { label, expiresAt: expiresAt ? Date.parse(expiresAt) : null };
    const { draw, ...issued } = await this.editor.once(act, 201, async (tx, author) => {
      const outcome = await this.keys.issue(tx, author, memberId, input);
      return outcome.ok ? done({ ...keyView(outcome.value), draw: outcome.value.draw }) : outcome;
    });
    return { ...issued, key: this.keys.keyOf(draw) };
  }

  @Delete(':keyId')
  @HttpCode(204)
  @May('members.manage')
  @ApiOperation({
    operationId: 'revokeMemberKey',
    summary: 'Revoke an API key at once; never the last one of an administrator',
  })
  @ApiResponse({ status: 204, description: 'Revoked, now or earlier' })
  async revoke(
    @Param('id', { schema: idParam }) memberId: string,
    @Param('keyId', { schema: idParam }) keyId: string,
    @Edit() editing: Editing,
  ): Promise<void> {
    await this.editor.change(editing, (tx, author) => this.keys.revoke(tx, author, memberId, keyId));
  }
}

function keyPlace(after: readonly unknown[] | null): { createdAt: number; id: string } | null {
  return after === null ? null : { createdAt: after[0] as number, id: after[1] as string };
}
