namespace shakedown {}
