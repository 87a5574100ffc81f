import type { Sample } from '../samples.ts';

export const assistantSamples = {
  askAssistant: { own: () => ({ body: { question: 'Why is my printer so slow?' } }) },
} satisfies Record<string, Sample>;
