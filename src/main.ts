import { boot } from './boot.js';

await boot();
