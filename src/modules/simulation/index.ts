export { assumptions, script, scenarioSchema } from './scenario-schema.js';
export type { Scenario } from './scenario-schema.js';
export type { Reading } from './compile-scenario.js';
export type { RecordedInquiry } from './recorded-inquiries.js';
export { Scenarios } from './scenarios.js';
export type { KeptScenario, ScenarioProblem } from './scenarios.js';
export { SimulationModule } from './simulation.module.js';
export { Simulations } from './simulations.js';
export type { NamedScenario, RecordedRun, ScenarioRun, UnreadScenario } from './simulations.js';
