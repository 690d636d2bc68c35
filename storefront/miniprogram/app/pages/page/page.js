// One page by itself: where a message of WeChat leads (`to`), and where a page of the shell that was opened alone ends.

const { webPage } = require('../../lib/web')

Component(webPage({ first: () => '/' }))
