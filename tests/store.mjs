// Where the cities of tests keep what is stored.  HY_TEST_STORE is a PostgreSQL address (tests/pg/with-postgres sets it):
// then each is in a schema of its own there, called after its folder DIR; else in its folder.
import path from 'node:path'

export function storeOf(dir) {
  const database = process.env.HY_TEST_STORE
  if (!database) return []
  const schema = path.basename(dir).toLowerCase().replace(/[^a-z0-9]/g, '')
  return ['--store', `${database}${database.includes('?') ? '&' : '?'}options=-csearch_path%3D${schema}`]
}
