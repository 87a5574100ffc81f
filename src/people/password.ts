import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';

const derive = (parameters: Argon2Parameters) =>
  new Promise<Buffer>((resolve, reject) => {
    argon2('argon2id', parameters, (error, tag) => (error ? reject(error) : resolve(tag)));
  });

/** argon2id, OWASP ASVS 5.0 appendix C: 46 MiB, one pass, one lane. About 70 ms. */
const COST = { memory: 47_104, passes: 1, parallelism: 1, tagLength: 32 };

/** Hash in PHC form: $argon2id$v=19$m=…,t=…,p=…$salt$tag. The exact bytes of the password count. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16);
  const tag = await derive({ message: password, nonce, ...COST });
  return `$argon2id$v=19$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${base64(nonce)}$${base64(tag)}`;
}

/** Whether the password fits. Without a hash it takes as long and says no, so that nobody learns who exists (T32). */
export async function verifyPassword(hash: string | null, password: string): Promise<boolean> {
  const known = hash ? parse(hash) : null;
  const { memory, passes, parallelism, nonce, tag } = known ?? {
    ...COST,
    nonce: Buffer.alloc(16),
    tag: Buffer.alloc(32),
  };
  const made = await derive({
    message: password,
    nonce,
    memory,
    passes,
    parallelism,
    tagLength: tag.length,
  });
  return timingSafeEqual(made, tag) && known !== null;
}

function parse(hash: string) {
  const [, , , cost = '', nonce = '', tag = ''] = hash.split('$');
  const [memory = 0, passes = 0, parallelism = 0] = cost.split(',').map((part) => Number(part.slice(2)));
  return { memory, passes, parallelism, nonce: Buffer.from(nonce, 'base64'), tag: Buffer.from(tag, 'base64') };
}

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
