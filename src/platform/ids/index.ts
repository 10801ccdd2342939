export { derivedId, isId, newId } from './ids.js';
