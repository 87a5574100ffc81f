import { defineEntity, p } from '@mikro-orm/postgresql';

const CategorySchema = defineEntity({
  name: 'Category',
  tableName: 'category',
  properties: {
    id: p.bigint('number').primary(),
    parentId: p.bigint('number').nullable(),
    name: p.text(),
    active: p.boolean().default(true),
    position: p.integer().default(0),
  },
});

/** What a ticket is about; one with a parent is a sub-category. */
export class Category extends CategorySchema.class {}
CategorySchema.setClass(Category);

const DepartmentSchema = defineEntity({
  name: 'Department',
  tableName: 'department',
  properties: {
    id: p.bigint('number').primary(),
    name: p.text(),
    active: p.boolean().default(true),
    position: p.integer().default(0),
  },
});

export class Department extends DepartmentSchema.class {}
DepartmentSchema.setClass(Department);
