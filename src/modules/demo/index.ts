export { DEMO_MEMBERS, demoCredentials } from './credentials.js';
export type { DemoCredentials, DemoMember } from './credentials.js';
export { DemoBuyer } from './demo-buyer.js';
export type { DemoMessage } from './demo-buyer.js';
export { DemoModule } from './demo.module.js';
export { readDemoFiles } from './files.js';
export type { DemoFiles } from './files.js';
export { DemoSeed } from './seed.js';
