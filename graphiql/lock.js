// Leaves addresses out of the lock: npm copies each package's funding links into it.
import { readFileSync, writeFileSync } from 'node:fs'

const path = 'package-lock.json' // npm runs this where that lies
const lock = JSON.parse(readFileSync(path, 'utf8'))
for (const entry of Object.values(lock.packages)) delete entry.funding
writeFileSync(path, JSON.stringify(lock, null, 2) + '\n')
