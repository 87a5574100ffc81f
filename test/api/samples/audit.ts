import type { Sample } from '../samples.ts';

export const auditSamples = {
  listAudit: { own: () => ({}) },
  exportAudit: { own: () => ({}), writes: 'an export of the audit log is itself an entry of it' },
} satisfies Record<string, Sample>;
