export { retainUntil } from './retain-until.js';
