export { defaultQueue, peopleOfRole, person, queueFacts, rotateQueue } from './queue-facts.js';
