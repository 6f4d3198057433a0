install(TARGETS shakedown RUNTIME)
