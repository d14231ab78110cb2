"""A stand-in for Binance: spot and USD-M futures, mainnet and testnet, REST and WebSocket.

A program of its own (`python -m tests.exchange`), never a mock inside the app: tests, `make demo`
and real clients (ccxt, Binance's SDK) talk to it over sockets. What it imitates, and from which
source, is in `../shared/BINANCE.md`; `README.md` beside this file has the command line, the control
API and the demo keys.
"""
