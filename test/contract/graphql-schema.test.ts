import { readFileSync } from 'node:fs';
import { getNamedType, isInputObjectType } from 'graphql';
import { permissions } from '../../src/access/permissions.js';
import { apiRooms } from '../../src/api.js';
import { buildApiSchema, emitSchema } from '../../src/graphql/schema.js';

const schema = buildApiSchema(apiRooms);

describe('the schema', () => {
  it('is what schema.graphql says (npm run schema writes it)', () => {
    expect(emitSchema(schema)).toBe(readFileSync('schema.graphql', 'utf8'));
  });

  it('describes every type, field, argument and value', () => {
    const silent: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (type.name.startsWith('__')) continue;
      const isRoot = type === schema.getQueryType() || type === schema.getMutationType();
      if (!type.description && !isRoot) silent.push(type.name);
      if ('getValues' in type)
        silent.push(...type.getValues().flatMap((value) => (value.description ? [] : [`${type.name}.${value.name}`])));
      if (!('getFields' in type)) continue;
      for (const field of Object.values(type.getFields())) {
        if (!field.description) silent.push(`${type.name}.${field.name}`);
        if (!('args' in field)) continue;
        for (const { name, description } of field.args)
          if (!description) silent.push(`${type.name}.${field.name}(${name})`);
      }
    }
    expect(silent).toEqual([]);
  });

  it('names every id that an input takes `id`, or by what it identifies and `Id`', () => {
    const odd: string[] = [];
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isInputObjectType(type)) continue;
      for (const field of Object.values(type.getFields())) {
        if (getNamedType(field.type).name === 'ID' && !/^id$|Ids?$/.test(field.name))
          odd.push(`${type.name}.${field.name}`);
      }
    }
    expect(odd).toEqual([]);
  });

  it('states permission and error codes with every mutation', () => {
    const fields = Object.values(schema.getMutationType()?.getFields() ?? {});
    const silent = fields.filter(({ description }) => !/Permission: .*Errors: /s.test(description ?? ''));
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('has a permission for every root field [G12]', () => {
    const roots = [schema.getQueryType(), schema.getMutationType()].flatMap((type) =>
      Object.keys(type?.getFields() ?? {}),
    );
    expect(roots.filter((name) => name !== 'node' && !(name in permissions))).toEqual([]);
  });
});
