/** The entry: takes the link's token first, then shows the page. */
import 'graphiql/setup-workers/vite'
import 'graphiql/style.css'
import './style.css'

import { createRoot } from 'react-dom/client'

import { App } from './app'
import { keep, recall, takeLink } from './token'

const link = takeLink()
const kept = recall()
// Whoever is signed in here already is asked first.
const offered = kept !== null && link.token !== kept ? link.token : null
if (link.token && offered === null) keep(link.token)

// Another link opened in this tab changes the fragment only: start again with it.
addEventListener('hashchange', () => location.reload())

// GraphiQL marks the theme that was chosen on the body, but only once it is shown itself.
const theme = localStorage.getItem('graphiql:theme')
if (theme) document.body.classList.add(`graphiql-${theme}`)

createRoot(document.getElementById('root')!).render(<App query={link.query} offered={offered} />)
