/** For pages on which a password is chosen: import it when it is about to be, it brings 850 KB of words. */
export { strengthOf, WEAKEST, type Score, type Strength } from '../people/password-strength.ts';
