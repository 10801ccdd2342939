import fc from 'fast-check';
import { checkHistory, checkState, LOOPING, move, play } from '../../../test/support/any-course.js';
import { planOf, standardPlan, World } from '../../../test/support/world.js';
import type { Plan } from '../definition/plan.js';

const plans: readonly (readonly [string, Plan])[] = [
  ['standard-br', standardPlan()],
  ['a plan with loops and jumps', planOf(LOOPING)],
];

describe.each(plans)('any course of events under %s', (_name, plan) => {
  it('keeps every promise of the state and comes out the same when taken again', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 25 }), fc.boolean(), fc.boolean(), (moves, oneAnswer, office) => {
        const world = new World({ plan, oneAnswer, shopCalendar: office ? 'br-office' : 'always' });
        world.open();
        checkState(world);
        for (const step of moves) {
          play(world, step);
          world.drainTime();
          checkState(world);
        }
        checkHistory(world);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

describe('a decision', () => {
  it('says which fact it lacks, one after the other, and needs no other', () => {
    const world = new World().open();
    const [first] = world.steps;
    expect(Object.keys(first?.decision.facts ?? {}).sort()).toEqual([
      'buyer',
      'calendar:always',
      'conversation',
      'message:m1',
      'queue:night-sz',
      'queue:sales-br',
      'shop',
      'template:ack',
    ]);
  });

  it('records no text, neither in facts nor in reasons', () => {
    const world = new World().open('Meu CPF é 529.982.247-25 e vou ao Procon').message('segredo');
    world.reply();
    expect(JSON.stringify(world.steps.map(({ decision }) => decision))).not.toMatch(/529|segredo|Meu CPF/);
  });
});
