export { classifyMessage, loadClassifier } from './classifier.js';
export type { Classifier, MessageToClassify } from './classifier.js';
export { LanguageDetector } from './language-detector.js';
export type { DetectionScope } from './language-detector.js';
