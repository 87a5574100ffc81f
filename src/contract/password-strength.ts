/** For pages on which a password is chosen: import it when it is about to be, it brings 400 KB of words. */
export { strengthOf, WEAKEST, type Score, type Strength } from '../people/password-strength.ts';
