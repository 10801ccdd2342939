export { forgetTexts, indexText, soughtTokens } from './search-index.js';
