import type { CalendarSpec } from '../../../domain/calendar/types.js';
import type { Roster } from '../../../domain/roster/types.js';
import { capabilitiesOf, CHANNEL_NAMES } from '../../../domain/channel/capabilities.js';
import { respondWithin } from '../../../domain/channel/respond-rules.js';
import type { ChannelName } from '../../../domain/channel/capabilities.js';

/** What a channel can do, as far as a definition depends on it. */
export type ChannelFacts = {
  readonly name: string;
  readonly capabilities: {
    /** Whether messages that no person wrote may be sent. */
    readonly automatedSends: boolean;
    /** Characters of a message, null without a limit. */
    readonly maxLength: number | null;
    /** Every thread takes one answer only, so that an automated one would use it up; false by default. */
    readonly oneAnswer?: boolean;
    /** The form templates are rendered in; `chat` by default. */
    readonly form?: 'letter' | 'chat';
    /** The channel states until when an answer is due, or has a rule for it; false by default. */
    readonly platformRule?: boolean;
    /** Wall milliseconds within which the channel counts an answer as given in time. */
    readonly respondWithinMs?: number;
  };
};

/** What exists in the tenant a definition is checked for. */
export type Environment = {
  /** Instant of the check (UTC epoch ms): calendars are looked at from here on. */
  readonly now: number;
  readonly queues: readonly {
    readonly key: string;
    /** Key of its calendar, null = the definition's. */
    readonly calendar: string | null;
    readonly hasMembers: boolean;
    /** Who works when, where the queue follows a roster; its calendar decides otherwise. */
    readonly duty?: { readonly roster: Roster; readonly members: readonly string[] } | null;
  }[];
  readonly templates: readonly {
    readonly key: string;
    readonly locales: readonly string[];
    readonly forms: readonly ('letter' | 'chat')[];
    /** Every variable it uses; those without a dot must be given by `with`. */
    readonly variables: readonly string[];
    /** Characters of its longest version without the variables. */
    readonly minLength?: number;
    /** Used by another published definition. */
    readonly usedElsewhere?: boolean;
  }[];
  readonly calendars: readonly { readonly key: string; readonly spec: CalendarSpec }[];
  readonly connections: readonly {
    readonly key: string;
    readonly operations: readonly {
      readonly name: string;
      /** It changes nothing at the other side. */
      readonly reading: boolean;
      /** Values its path is made of. */
      readonly needs: readonly string[];
    }[];
  }[];
  readonly retentionClasses: readonly string[];
  /** Languages the tenant answers in. */
  readonly locales: readonly string[];
  /** Every channel this installation knows. */
  readonly channels: readonly ChannelFacts[];
  /** Channels of the tenant's shops: where a definition without `channels:` may run. */
  readonly shopsChannels: readonly string[];
  /** Channels from which the tenant's routing sends messages to this definition; none by default. */
  readonly routedChannels?: readonly string[];
};

/** The channels a definition may name: those that a connector speaks. */
export const KNOWN_CHANNELS: readonly ChannelFacts[] = CHANNEL_NAMES.map(spoken);

/** What a definition depends on, of what a channel can do. */
function spoken(name: ChannelName): ChannelFacts {
  const { automatedSends, message, form, statesDeadlines } = capabilitiesOf(name);
  const respondWithinMs = respondWithin(name);
  const platformRule = statesDeadlines || respondWithinMs !== null;
  const facts = { automatedSends, maxLength: message.maxLength, form, platformRule };
  return { name, capabilities: respondWithinMs === null ? facts : { ...facts, respondWithinMs } };
}
