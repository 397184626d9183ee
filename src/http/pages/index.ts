/** The pages that an end user sees. Each is a pure function to a complete answer, headers included. */
export { type ChooseOrganization, type ChooseProblem, chooseOrganizationPage } from './choose-organization.js';
export { frontPage } from './front.js';
export type { Page } from './layout.js';
export { type LogoutConfirm, loggedOutPage, logoutConfirmPage } from './logout.js';
export { continuePage, type FormPost, formPostPage } from './onward.js';
export { errorPage, type RefusalPage, refusalPage } from './refusal.js';
