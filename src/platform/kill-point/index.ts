export { armKillPoint, reach, reachCommit } from './kill-point.js';
export type { KillPoint } from './kill-point.js';
