/** @import { RouteTable } from "../../../static/js/streams/routes.js" */

/** @type {{ spot: RouteTable, futures: RouteTable }} Binance's routes, as the server's settings tell them */
export const ROUTES = {
  spot: { all: { paths: ["/stream"], streams: ["*"] } },
  futures: {
    public: {
      paths: ["/public/stream", "/stream"],
      streams: ["bookTicker", "depth", "rpiDepth"],
    },
    market: { paths: ["/market/stream", "/stream"], streams: ["*"] },
  },
};
