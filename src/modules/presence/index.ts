export { showAtInquiry } from './inquiry-presence.js';
export type { AtInquiry, InquiryPresence } from './inquiry-presence.js';
export { changePresence, readPresence } from './member-presence.js';
export type { MemberPresence, PresenceActor, PresentMember } from './member-presence.js';
