import { Body, Controller, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { done } from '../../domain/configuration/refusals.js';
import type { ExpectedVersion } from '../../domain/configuration/refusals.js';
import { reachOf } from '../../domain/identity/permissions.js';
import { Members } from '../../modules/identity/index.js';
import type { ConfiguredMember, Principal } from '../../modules/identity/index.js';
import { May } from '../access/access.guard.js';
import { Caller } from '../access/principal.js';
import { Acting } from '../http/acting.js';
import type { Act } from '../http/acting.js';
import { created, Edit, Editor, tagged } from '../http/editing.js';
import type { Editing } from '../http/editing.js';
import { IfMatch } from '../http/etag.js';
import { pageQuery } from '../http/paging.js';
import type { Page } from '../http/paging.js';
import { pageShape } from '../http/shapes.js';
import { idParam } from '../http/validation.js';
import {
  fullMemberShape,
  memberNameShape,
  memberNameView,
  memberPatchBody,
  memberView,
  newMemberBody,
} from './members.schemas.js';
import type { MemberNameView, MemberView } from './members.schemas.js';

const listQuery = z.strictObject(pageQuery);
const anyMemberShape = z.union([fullMemberShape, memberNameShape]);

/** The people of a tenant: administrators see and change them; other roles see their names. */
@ApiTags('members')
@Controller('v1/members')
export class MembersController {
  constructor(
    private readonly editor: Editor,
    private readonly members: Members,
  ) {}

  @Get()
  @May('members.names')
  @ApiOperation({ operationId: 'listMembers', summary: 'Members by key; names only, unless one may manage them' })
  @ApiResponse({ status: 200, standardSchema: pageShape(anyMemberShape), description: 'A page of members' })
  async list(
    @Caller() principal: Principal,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<MemberView | MemberNameView>> {
    const page = await this.editor.page(principal, query, {
      name: 'members',
      read: (tx, after, limit) => this.members.list(tx, (after?.[0] as string | undefined) ?? null, limit),
      place: (member: ConfiguredMember) => [member.key],
    });
    return { ...page, items: page.items.map((member) => seenBy(principal, member)) };
  }

  @Post()
  @HttpCode(201)
  @May('members.manage')
  @ApiOperation({ operationId: 'createMember', summary: 'Create a member, active and without a key' })
  @ApiResponse({ status: 201, standardSchema: fullMemberShape, description: 'Created' })
  async create(
    @Body({ schema: newMemberBody }) body: z.infer<typeof newMemberBody>,
    @Acting() act: Act,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MemberView> {
    const member = await this.editor.once(act, 201, async (tx, author) => {
      const outcome = await this.members.create(tx, author, body);
      return outcome.ok ? done(memberView(outcome.value)) : outcome;
    });
    return created(reply, `/v1/members/${member.id}`, member);
  }

  @Get(':id')
  @May('members.names')
  @ApiOperation({ operationId: 'readMember', summary: 'One member; the name only, unless one may manage members' })
  @ApiResponse({ status: 200, standardSchema: anyMemberShape, description: 'The member' })
  async read(
    @Caller() principal: Principal,
    @Param('id', { schema: idParam }) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MemberView | MemberNameView> {
    const member = await this.editor.read(principal, (tx) => this.members.read(tx, id));
    tagged(reply, member);
    return seenBy(principal, member);
  }

  @Patch(':id')
  @May('members.manage')
  @ApiOperation({
    operationId: 'changeMember',
    summary: 'Change a member; not the own role, and never the last administrator who can act',
  })
  @ApiResponse({ status: 200, standardSchema: fullMemberShape, description: 'The member as it is now' })
  async change(
    @Param('id', { schema: idParam }) id: string,
    @Body({ schema: memberPatchBody }) body: z.infer<typeof memberPatchBody>,
    @IfMatch() expected: ExpectedVersion,
    @Edit() editing: Editing,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MemberView> {
    const member = await this.editor.change(editing, (tx, author) =>
      this.members.change(tx, author, id, expected, body),
    );
    return tagged(reply, memberView(member));
  }
}

function seenBy(principal: Principal, member: ConfiguredMember): MemberView | MemberNameView {
  return reachOf(principal.role, 'members.manage') === null ? memberNameView(member) : memberView(member);
}
