import { CAPABILITIES } from '../channel/capabilities.js';
import type { ChannelCapabilities } from '../channel/capabilities.js';
import { checkFiles } from './outgoing.js';
import type { MeasuredFile } from './outgoing.js';

const LIMITS = { kinds: ['image/png', 'application/pdf'], maxCount: 2, maxBytes: 100, maxTotalBytes: 150 } as const;

const png = (size: number): MeasuredFile => ({ mediaType: 'image/png', size });
const pdf = (size: number): MeasuredFile => ({ mediaType: 'application/pdf', size });

describe('checkFiles', () => {
  it.each([
    ['nothing', [], null],
    ['as much as is taken', [png(100), pdf(50)], null],
    ['one too many', [png(1), png(1), png(1)], { index: null, detail: 'At most 2 files; these are 3.' }],
    [
      'another kind',
      [png(1), { mediaType: 'video/mp4', size: 1 } as const],
      { index: 1, detail: 'The channel takes png, pdf.' },
    ],
    ['one too large', [png(1), pdf(101)], { index: 1, detail: 'At most 100 bytes a file.' }],
    ['too much together', [png(100), pdf(51)], { index: null, detail: 'At most 150 bytes in all; these are 151.' }],
  ])('judges %s', (_name, files, problem) => {
    expect(checkFiles(files, LIMITS)).toEqual(problem);
  });

  it.each(Object.entries<ChannelCapabilities>(CAPABILITIES))(
    'is told limits by %s if and only if it is given files',
    (_name, { attachments, message, answer }) => {
      const isTaken = [message, answer].some((limits) => limits?.files !== undefined);
      expect(isTaken).toBe(attachments === 'files');
    },
  );

  it('judges the text beside files, where that has to be shorter', () => {
    const short = { ...LIMITS, maxTextLength: 10 };
    expect([checkFiles([png(1)], short, 10), checkFiles([], short, 11)]).toEqual([null, null]);
    expect(checkFiles([png(1)], short, 11)).toEqual({
      index: null,
      detail: 'At most 10 characters beside files; these are 11.',
    });
  });

  it('lets a file go without words where none may stand beside it', () => {
    const wordless = { ...LIMITS, maxTextLength: 0 };
    expect(checkFiles([png(1)], wordless, 0)).toBeNull();
    expect(checkFiles([png(1)], wordless, 1)).toMatchObject({
      index: null,
      detail: expect.stringMatching(/of their own/),
    });
  });

  it('refuses any file where the channel takes none', () => {
    expect(checkFiles([], undefined)).toBeNull();
    expect(checkFiles([png(1)], undefined)).toEqual({ index: null, detail: 'The channel takes no files here.' });
  });
});
