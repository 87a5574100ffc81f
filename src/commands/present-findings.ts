import type { Finding } from '../mail/sources/finding.ts';
import { withoutSecrets } from '../mail/doctor/without-secrets.ts';

/** What was found about one thing. */
export interface Examined {
  /** `desk`, or a mailbox by its address. */
  subject: string;
  findings: Finding[];
}

const NAMES = 22;

/** Findings for people, a line each with what to do next below it, or as one JSON document. No secret is in it, whoever said it. */
export function presentFindings(groups: readonly Examined[], secrets: readonly string[], json: boolean): string {
  const clean = (text: string) => withoutSecrets(text, secrets).replace(/\s+/g, ' ');
  const findings = groups.flatMap(({ subject, findings }) =>
    findings.map(({ check, level, text, advice }) => ({ subject, check, level, text: clean(text), advice })),
  );
  if (json) return JSON.stringify({ ok: findings.every(({ level }) => level !== 'fail'), findings }, null, 2);
  return groups
    .map(({ subject }) => {
      const lines = findings.filter((finding) => finding.subject === subject).map(presentOne);
      return [subject, ...lines].join('\n');
    })
    .join('\n\n');
}

function presentOne({ check, level, text, advice }: Finding): string {
  const line = `  ${level.padEnd(4)}  ${check.padEnd(NAMES)}  ${text}`;
  return advice === null ? line : `${line}\n${' '.repeat(8)}→ ${advice}`;
}
