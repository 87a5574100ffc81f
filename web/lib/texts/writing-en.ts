/** The texts of writing on a ticket that is kept, waits, or is changed later, in English. */
export const writingEn = {
  saved: (time: string) => `Draft saved ${time}`,
  notSaved: 'Draft not saved yet',
  begun: '(draft)',
  otherWindow: 'This draft was changed in another window meanwhile.',
  takeOther: 'Show that one',
  keepThis: 'Keep what is here',
};
