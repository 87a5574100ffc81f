import type { Paths } from './method-and-path.ts';

export const PROFILE_PATHS = {
  readProfile: ['GET', '/api/profile'],
  updateProfile: ['PATCH', '/api/profile'],
  askEmailChange: ['POST', '/api/profile/email'],
  changeEmail: ['POST', '/api/profile/email/confirm'],
  setPicture: ['PUT', '/api/profile/picture'],
  removePicture: ['DELETE', '/api/profile/picture'],
  readPicture: ['GET', '/api/employees/:id/picture'],
} as const satisfies Paths;
