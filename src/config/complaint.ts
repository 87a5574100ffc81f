/** What is wrong with one variable, as zod says it. */
export interface Complaint {
  path: PropertyKey[];
  message: string;
}

export const missing = (name: string): Complaint => ({ path: [name], message: 'is missing' });
