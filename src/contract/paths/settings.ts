import type { Paths } from './method-and-path.ts';

export const SETTINGS_PATHS = {
  readSettings: ['GET', '/api/settings'],
  changeSettings: ['PATCH', '/api/settings'],
  foreseeRetention: ['GET', '/api/settings/retention'],
  listDepartments: ['GET', '/api/departments'],
  createDepartment: ['POST', '/api/departments'],
  changeDepartment: ['PATCH', '/api/departments/:id'],
  deleteDepartment: ['DELETE', '/api/departments/:id'],
  listCategories: ['GET', '/api/categories'],
  createCategory: ['POST', '/api/categories'],
  changeCategory: ['PATCH', '/api/categories/:id'],
  deleteCategory: ['DELETE', '/api/categories/:id'],
} as const satisfies Paths;
