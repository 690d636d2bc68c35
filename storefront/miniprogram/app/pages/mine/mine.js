// 订单: the list is read anew whenever it is shown; an order's own page looks for news by itself.

const { webPage } = require('../../lib/web')

Component(
  webPage({
    first: () => '/orders',
    stale: (path) => path.split('?')[0] === '/orders',
  }),
)
