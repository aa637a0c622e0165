import { test } from 'vitest'
import { requestMariadb } from '../services/index.ts'
import { newDatabase } from './mariadb-database.ts'
import { tellStory } from './tell-story.ts'

const mariadb = await requestMariadb()

if (mariadb === undefined)
  test.skip('the story on MariaDB (skipped where mariadbd is not installed)', () => {})
else tellStory('MariaDB', () => newDatabase(mariadb))
