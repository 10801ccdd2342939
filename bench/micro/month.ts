import { simulate } from '../../src/domain/simulation/simulate.js';
import type { Happening, SimulatedInquiry } from '../../src/domain/simulation/happening.js';
import { inquiry, said, sent, surroundings } from '../../test/support/simulation.js';
import { MONDAY, standardPlan } from '../../test/support/world.js';
import { randomFrom } from '../statistics.js';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const DAYS = 30;
const INQUIRIES = 500;

/** Seconds of CPU time in which 500 inquiries of a month, with one to four messages each, run through the shipped definition. */
export function monthSeconds(seed: number): number {
  const random = randomFrom(seed);
  const inquiries = Array.from({ length: INQUIRIES }, (_, index) => month(index, random));
  const before = process.cpuUsage();
  const plan = standardPlan();
  const assume = { reply: sent(25 * MINUTE_MS) };
  const runs = simulate({ plan, surroundings, inquiries, assume, until: MONDAY + (DAYS + 60) * DAY_MS });
  const { user, system } = process.cpuUsage(before);
  if (runs.some(({ failed, closedAt }) => failed !== null || closedAt === null)) throw new Error('A run did not end');
  return (user + system) / 1_000_000;
}

function month(index: number, random: () => number): SimulatedInquiry {
  const opened = MONDAY + Math.floor(random() * DAYS * DAY_MS);
  const more = Array.from({ length: Math.floor(random() * 4) }, () => opened + Math.floor(random() * 2 * DAY_MS));
  const messages = [opened, ...more.sort((a, b) => a - b)].map((at, position): Happening =>
    said(`m${index}-${position}`, at),
  );
  return inquiry(`i${index}`, messages);
}
