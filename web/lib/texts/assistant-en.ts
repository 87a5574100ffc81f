/** The texts of the assistant, in English. Other languages have the same shape. */
export const assistantEn = {
  title: 'Ask a question',
  label: 'Your question',
  hint: 'In your own words, or the number of a ticket',
  submit: 'Ask',
  asking: 'Looking',
  bySearch: 'No language model answers here. This is what a search found:',
  nothing: 'A search found nothing about that. Support will know:',
  articles: 'Articles',
  tickets: 'Your tickets',
  handOver: 'Ask support',
  handOverHint: 'Your question is already filled in.',
};
