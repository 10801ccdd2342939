import { jest } from '@jest/globals';

/** Lines that are printed from now on; nobody sees them until mocks are restored. */
export function printed(): string[] {
  const lines: string[] = [];
  jest.spyOn(console, 'log').mockImplementation((line: unknown) => void lines.push(String(line)));
  return lines;
}
